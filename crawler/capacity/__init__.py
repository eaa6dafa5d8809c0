"""How large a machine an archive needs: measured constants, a model, and a simulation that checks it."""
