"""tablet.py - an Xorg server with a tablet and a touch screen, moved through the sockets of Xorg's inputtest driver."""
import ctypes
import os
import socket
import struct
import subprocess
import time
import unittest

import case
import desktop

AXIS = 65535  # the driver's places go from 0 to this on every screen
DEVICES = {"stylus": "PointerAbsoluteProximity", "eraser": "PointerAbsoluteProximity", "touch": "Touch",
           "keyboard": "Keyboard"}

CONFIG = """
Section "ServerFlags"
    Option "AutoAddDevices" "false"
    Option "AutoEnableDevices" "false"
EndSection
Section "Device"
    Identifier "card"
    Driver "dummy"
    VideoRam 32768
EndSection
Section "Monitor"
    Identifier "monitor"
    HorizSync 5-1000
    VertRefresh 5-200
EndSection
Section "Screen"
    Identifier "screen"
    Device "card"
    Monitor "monitor"
    DefaultDepth 24
    SubSection "Display"
        Virtual {width} {height}
        Modes "{width}x{height}"
    EndSubSection
EndSection
{devices}
Section "ServerLayout"
    Identifier "layout"
    Screen "screen"
    InputDevice "Test Pen stylus" "CorePointer"
    InputDevice "Test Pen eraser"
    InputDevice "Test Pen touch"
    InputDevice "Test Pen keyboard" "CoreKeyboard"
EndSection
"""

DEVICE = """
Section "InputDevice"
    Identifier "Test Pen {name}"
    Driver "inputtest"
    Option "SocketPath" "{path}"
    Option "DeviceType" "{kind}"
    Option "PointerHasPressure" "true"
EndSection
"""


class Image(ctypes.Structure):
    """The beginning of Xlib's XImage."""

    _fields_ = ([(name, ctypes.c_int) for name in ("width", "height", "xoffset", "format")] + [("data", ctypes.c_void_p)]
                + [(name, ctypes.c_int) for name in ("byte_order", "unit", "bit_order", "pad", "depth", "stride")])


class TabletDisplay(desktop.Display):
    def __init__(self, width, height):
        super().__init__(width, height)
        self.pen, self.eraser = (Pen(self, name) for name in ("stylus", "eraser"))
        self.touch = Touch(self, "touch")

    def command(self):
        config = self.file("xorg.conf")
        devices = "".join(DEVICE.format(name=n, path=self.file(n), kind=kind) for n, kind in DEVICES.items())
        with open(config, "w", encoding="utf-8") as file:
            file.write(CONFIG.format(width=self.width, height=self.height, devices=devices))
        return ["Xorg", "-config", config, "-logfile", self.file("log"), "-sharevts", "-novtswitch"]

    def xinput(self, *args):
        subprocess.run(["xinput", *args], env=self.env, check=True)

    def file(self, name):
        return os.path.join(self.folder, name)

    def pixels(self):
        x11 = ctypes.CDLL("libX11.so.6")
        x11.XOpenDisplay.restype = ctypes.c_void_p
        x11.XDefaultRootWindow.restype = ctypes.c_ulong
        x11.XGetImage.restype = ctypes.POINTER(Image)
        display = ctypes.c_void_p(x11.XOpenDisplay(self.name.encode()))
        root = ctypes.c_ulong(x11.XDefaultRootWindow(display))
        image = x11.XGetImage(display, root, 0, 0, self.width, self.height, ctypes.c_ulong(0xffffff), 2).contents
        rows = [ctypes.string_at(image.data + y * image.stride, self.width * 4) for y in range(self.height)]
        x11.XDestroyImage(ctypes.byref(image))
        x11.XCloseDisplay(display)
        return rows


class Device:
    """A client of the driver; messages as in xorg/xf86-input-inputtest-protocol.h, protocol 1.0."""

    VERSION, SYNC, MOTION, PROXIMITY, BUTTON, KEY, TOUCH = range(7)

    def __init__(self, display, name):
        self.display = display
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(desktop.WAIT)
        self.connect(display.file(name))
        self.send(self.VERSION, struct.pack("HH", 1, 0))
        self.socket.recv(12)

    def connect(self, path):
        deadline = time.time() + desktop.WAIT
        while self.socket.connect_ex(path):
            if time.time() > deadline:
                raise RuntimeError(f"no driver at {path}")
            time.sleep(0.01)

    def send(self, kind, content):
        self.socket.sendall(struct.pack("II", 8 + len(content), kind) + content)

    def sync(self):
        """Until the server has handled all of it."""
        self.send(self.SYNC, b"")
        self.socket.recv(8)

    def values(self, x, y, pressure):
        """Of the axes 0, 1 and 4. x and y are pixels of the screen, whose middle is meant."""
        place = ((x + 0.5) * (AXIS + 1) / self.display.width, (y + 0.5) * (AXIS + 1) / self.display.height)
        return struct.pack("I8s4x128d", 0, bytes([0b10011]), *place, 0, 0, pressure * self.full, *[0] * 123)


class Pen(Device):
    full = 1000  # its greatest pressure

    def near(self, is_near):
        self.send(self.PROXIMITY, struct.pack("I4x", is_near) + bytes(1040))

    def move(self, x, y, pressure=0):
        self.send(self.MOTION, struct.pack("I4x", 1) + self.values(x, y, pressure))

    def press(self, is_down, button=1):
        self.send(self.BUTTON, struct.pack("iiI4x", 1, button, is_down) + bytes(1040))

    def stroke(self, points):
        """A stroke by (x, y, pressure), from hovering to hovering."""
        self.near(True)
        self.move(*points[0])
        self.press(True)
        for point in points[1:]:
            self.move(*point)
        self.press(False)
        self.near(False)
        self.sync()


class Touch(Device):
    BEGIN, UPDATE, END = 18, 19, 20  # of XInput 2
    full = 2047

    def put(self, what, x, y, pressure=0.5):
        self.send(self.TOUCH, struct.pack("II", 1, what) + self.values(x, y, pressure))

    def stroke(self, points):
        """A finger along (x, y, pressure)."""
        self.put(self.BEGIN, *points[0])
        for point in points[1:]:
            self.put(self.UPDATE, *point)
            self.sync()
        self.put(self.END, *points[-1])
        self.sync()


class TabletCase(case.WindowCase):
    """Skipped where no such server starts."""

    screen = (1280, 800)
    display_type = TabletDisplay

    @classmethod
    def setUpClass(cls):
        try:
            super().setUpClass()
        except RuntimeError as error:
            if os.environ.get("CI") == "true":
                raise
            raise unittest.SkipTest(f"no X server with a tablet: {error}")
