"""Pictures of a scene: solids in metres, put through a pinhole camera, with light, weather and the sensor's faults."""
