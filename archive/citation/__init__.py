"""One capture as a file that a court can check offline."""
