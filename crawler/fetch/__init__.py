"""Fetches one address: checks where it leads, keeps the exchange as it went over the wire, hands it on."""
