"""Tools any Django project could use: no tables, no words of medicine."""
