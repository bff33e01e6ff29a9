"""What happens in a world by itself: devices come and go, the factory line runs, programs print."""
