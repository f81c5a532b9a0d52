"""What a request costs, counted in steps of the interpreter: the same number on every run.

A step is one instruction of Python, or one call of what is written in C. The numbers below
are what was counted when they were written: a change that makes a request more than a tenth
dearer fails, and one that makes it cheaper writes its number here.
"""

import json
import sys
from types import FrameType
from typing import Any

import pytest
from projects import Project, generate, python
