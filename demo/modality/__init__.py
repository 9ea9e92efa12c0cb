"""A modality that is none: it plays whole examinations through real associations.

For training, demonstrations and acceptance. It knows what a scanner knows: its own AE title, where
the department listens, and what the worklist tells it. No table is read, so it plays against any
other department as well.
"""
