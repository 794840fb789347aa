"""Sources the city asks itself: feeds that are pulled, brokers that are listened to."""
