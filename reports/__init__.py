"""What is said about the images: the list of studies that wait to be read. Not the images."""
