"""What is said about the images: the list of studies waiting to be read. Not for the images themselves."""
