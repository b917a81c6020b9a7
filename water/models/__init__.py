from .codes import ActivationCode, CodeBatch, CodeRequest
from .contracts import DeliveryPoint, WaterContract
from .meters import Meter, MeterReading

__all__ = ["ActivationCode", "CodeBatch", "CodeRequest", "DeliveryPoint", "Meter", "MeterReading", "WaterContract"]
