"""The network door (DIMSE): who may come in, and one module for each service that is answered."""
