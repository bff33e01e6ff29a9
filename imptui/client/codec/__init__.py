"""Documents of the service to objects of the domain and back: shapes, decoders, encoders, refusals and log stream events."""
