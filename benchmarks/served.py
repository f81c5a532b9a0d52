"""What a server is pointed at: the application that the variable BENCHMARK names."""

import os

from .frameworks import ALL
from .work import routes

application = ALL[os.environ["BENCHMARK"]](routes("10"))
