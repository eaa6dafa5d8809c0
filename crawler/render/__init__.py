"""Pages shown by a browser before they are read: what a source with `render: true` asks for."""
