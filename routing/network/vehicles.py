"""Who drives: the classes of vehicles that roads, turns and paths tell apart."""

import enum


class Vehicle(enum.IntFlag):
    """A class of vehicle, or several of them as a set."""

    MOTORBIKE = 1
    CAR = 2
    BUS = 4


EVERYBODY = Vehicle.MOTORBIKE | Vehicle.CAR | Vehicle.BUS
# Vehicles that are wider than an alley and report where they are.
WIDE = Vehicle.CAR | Vehicle.BUS
