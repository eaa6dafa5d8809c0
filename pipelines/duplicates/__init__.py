"""Finds copies and near copies, within a source and between sources, and links them to the first."""
