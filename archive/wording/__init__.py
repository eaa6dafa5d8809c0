"""How two texts differ (pure): typography aside, word by word, sentence by sentence."""
