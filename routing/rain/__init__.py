"""Rain as gauges measure it: what each said last, how hard it rains on every road, how much that slows traffic."""

from routing.rain.field import RainField
from routing.rain.gauges import Gauge, Gauges, RainReading
from routing.rain.slowing import slowing
from routing.rain.table import parse_gauges

__all__ = ["Gauge", "Gauges", "RainField", "RainReading", "parse_gauges", "slowing"]
