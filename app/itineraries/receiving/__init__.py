"""Live positions: lines of AIS receivers over UDP and TCP, acknowledged when they are committed."""
