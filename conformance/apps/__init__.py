"""One small application, written for each framework as its own documentation would."""
