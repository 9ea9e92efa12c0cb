"""The table and its care: rooms, devices, and the machines that may call. Not for schedules."""
