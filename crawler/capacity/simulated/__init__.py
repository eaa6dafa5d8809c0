"""Nights of very many sources: schedule, leases, window and due rules are real, the network is not."""
