"""What traffic will be in 15, 30 and 60 minutes, with how sure that is."""

from routing.forecast.keeping import load_forecaster, save_forecaster
from routing.forecast.model import Forecast, Forecaster
from routing.forecast.moment import HORIZONS_S, Moment

__all__ = ["HORIZONS_S", "Forecast", "Forecaster", "Moment", "load_forecaster", "save_forecaster"]
