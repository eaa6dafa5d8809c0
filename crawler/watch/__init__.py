"""How sources fare: figures of each night, what is usual, alarms, and telling people of them."""
