"""The worker's side: tasks that turn a payload of ids into one service call, and the periodic sweeps."""
