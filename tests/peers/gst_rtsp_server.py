"""GStreamer's RTSP server with a few streams, for the system's Python: prints its port, serves until its standard input closes.

Mounts /h264 (with AAC), /h265 (with A-law) and /stap (aggregated units, parameter sets in the SDP only, µ-law); with `--locked` only /h264, behind digest authentication.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402 versions are chosen before

PASSWORD = "bi mat"
VIDEO = "videotestsrc is-live=true pattern=snow ! video/x-raw,width=320,height=180,framerate=15/1 ! timeoverlay ! "
H264 = VIDEO + "openh264enc gop-size=15 bitrate=400000 ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1"
H265 = (
    VIDEO
    + "x265enc key-int-max=15 speed-preset=ultrafast tune=zerolatency bitrate=400 ! h265parse ! rtph265pay name=pay0 pt=96"
)
AAC = " audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=1 ! voaacenc ! rtpmp4gpay name=pay1 pt=97"
PCMA = " audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay name=pay1 pt=8"

PCMU = " audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay name=pay1 pt=0"
H264_BARE = (
    VIDEO + "openh264enc gop-size=15 bitrate=400000 ! h264parse ! rtph264pay name=pay0 pt=96 aggregate-mode=max-stap"
)


def mount(server: GstRtspServer.RTSPServer, path: str, pipeline: str) -> GstRtspServer.RTSPMediaFactory:
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( {pipeline} )")
    factory.set_shared(True)
    server.get_mount_points().add_factory(path, factory)
    return factory


def lock(server: GstRtspServer.RTSPServer, factory: GstRtspServer.RTSPMediaFactory) -> None:
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    auth.add_digest("vong", PASSWORD, token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    for permission in ("media.factory.access", "media.factory.construct"):
        permissions.add_permission_for_role("viewer", permission, True)
    factory.set_permissions(permissions)


def main() -> None:
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    if "--locked" in sys.argv:
        lock(server, mount(server, "/h264", H264))
    else:
        mount(server, "/h264", H264 + AAC)
        mount(server, "/h265", H265 + PCMA)
        mount(server, "/stap", H264_BARE + PCMU)
    server.attach(None)
    loop = GLib.MainLoop()
    GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_HUP | GLib.IO_IN, lambda *_: loop.quit())
    print(server.get_bound_port(), flush=True)
    loop.run()


if __name__ == "__main__":
    main()
