"""Our RTSP 1.0 client: a pure core (messages, authentication, SDP, RTP, clocks) and a thin asyncio shell around it.

`reader.RtspSource` is the way in. Everything else is free of sockets and of time, and raises `SourceFault` of kind FORMAT or a
`ValueError` that its caller turns into one; hostile bytes never reach further.
"""
