"""A client that we did not write takes what devices say: onvif-zeep, by the WSDLs of ONVIF."""

import asyncio
import time
from typing import Any

import pytest
from onvif import ONVIFCamera

from fakes.onvif_rehearsal import MAIN, SUB, USER, device, rehearsal
from vms_onvif.simulate.device import Login, OnvifChannel

TOKEN = {"ProfileToken": "profile_1_main"}
SETUP = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}


def opened(address: str, port: int) -> Any:
    return ONVIFCamera(address, port, USER.name, USER.password)


def close(camera: Any) -> None:
    for service in (camera.devicemgmt, *camera.services.values()):
        service.zeep_client.transport.session.close()


def about(camera: Any) -> dict[str, Any]:
    own = camera.devicemgmt
    return {
        "model": own.GetDeviceInformation().Model,
        "year": own.GetSystemDateAndTime().UTCDateTime.Date.Year,
        "namespaces": [service.Namespace for service in own.GetServices({"IncludeCapability": True})],
        "pulls": own.GetCapabilities().Events.WSPullPointSupport,
        "mac": own.GetNetworkInterfaces()[0].Info.HwAddress,
        "ports": [protocol.Port[0] for protocol in own.GetNetworkProtocols()],
        "host": own.GetHostname().Name,
        "scopes": [scope.ScopeItem for scope in own.GetScopes()],
        "users": [(user.Username, user.UserLevel) for user in own.GetUsers()],
        "digest": own.GetServiceCapabilities().Security.HttpDigest,
    }


def media(camera: Any) -> dict[str, Any]:
    own = camera.create_media_service()
    profiles = own.GetProfiles()
    own.SetSynchronizationPoint(TOKEN)
    return {
        "tokens": [profile.token for profile in profiles],
        "gop": profiles[0].VideoEncoderConfiguration.H264.GovLength,
        "sound": profiles[0].AudioEncoderConfiguration.Encoding,
        "sources": [source.token for source in own.GetVideoSources()],
        "encoders": [encoder.Encoding for encoder in own.GetVideoEncoderConfigurations()],
        "audio": [encoder.SampleRate for encoder in own.GetAudioEncoderConfigurations()],
        "sizes": len(own.GetVideoEncoderConfigurationOptions({}).H264.ResolutionsAvailable),
        "stream": own.GetStreamUri({"StreamSetup": SETUP, **TOKEN}).Uri,
        "snapshot": own.GetSnapshotUri(TOKEN).Uri,
    }


def events(camera: Any) -> dict[str, Any]:
    service = camera.create_events_service()
    pulled = camera.create_pullpoint_service().PullMessages({"Timeout": "PT1S", "MessageLimit": 5})
    return {
        "pulls": service.GetServiceCapabilities().WSPullPointSupport,
        "fixed": service.GetEventProperties().FixedTopicSet,
        "messages": [notice.Message._value_1.get("PropertyOperation") for notice in pulled.NotificationMessage],
        "lasts_s": (pulled.TerminationTime - pulled.CurrentTime).total_seconds(),
    }


def ptz(camera: Any) -> dict[str, Any]:
    own = camera.create_ptz_service()
    own.ContinuousMove({**TOKEN, "Velocity": {"PanTilt": {"x": 0.5, "y": 0}}})
    status = own.GetStatus(TOKEN).MoveStatus.PanTilt
    own.Stop(TOKEN)
    preset = own.SetPreset({**TOKEN, "PresetName": "Cổng"})
    own.GotoPreset({**TOKEN, "PresetToken": preset})
    names = [found.Name for found in own.GetPresets(TOKEN)]
    own.RemovePreset({**TOKEN, "PresetToken": preset})
    return {
        "status": status,
        "names": names,
        "left": own.GetPresets(TOKEN),
        "presets": own.GetNodes()[0].MaximumNumberOfPresets,
        "timeout_s": own.GetConfigurations()[0].DefaultPTZTimeout.total_seconds(),
        "longest_s": own.GetConfigurationOptions({"ConfigurationToken": "ptz_1"}).PTZTimeout.Max.total_seconds(),
    }


def everything(address: str, port: int) -> dict[str, dict[str, Any]]:
    camera = opened(address, port)
    try:
        return {"about": about(camera), "media": media(camera), "events": events(camera), "ptz": ptz(camera)}
    finally:
        close(camera)


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
async def test_a_stock_client_understands_every_service() -> None:
    own = device(ptz=True, login=Login.TOKEN, channels=(OnvifChannel(1, MAIN, SUB, "AAC"),))
    async with rehearsal(own) as at:
        at.time.wall = time.time()  # the client signs with the machine's clock
        port = at.port()
        told = await asyncio.to_thread(everything, own.address, port)
    assert told["about"] == {
        "model": own.model,
        "year": time.gmtime().tm_year,
        "namespaces": [
            "http://www.onvif.org/ver10/device/wsdl",
            "http://www.onvif.org/ver10/media/wsdl",
            "http://www.onvif.org/ver20/media/wsdl",
            "http://www.onvif.org/ver10/events/wsdl",
            "http://www.onvif.org/ver20/ptz/wsdl",
        ],
        "pulls": True,
        "mac": own.mac,
        "ports": [port, 8554],
        "host": f"camera-{own.mac.replace(':', '')[-6:]}",
        "scopes": list(own.all_scopes),
        "users": [(USER.name, "Administrator")],
        "digest": False,
    }
    assert told["media"] == {
        "tokens": ["profile_1_main", "profile_1_sub"],
        "gop": 50,
        "sound": "AAC",
        "sources": ["vs_1"],
        "encoders": ["H264", "H264"],
        "audio": [16],
        "sizes": 2,
        "stream": f"rtsp://{own.address}:8554/main",
        "snapshot": f"http://{own.address}:{port}/snapshot/1",
    }
    assert told["events"] == {"pulls": True, "fixed": True, "messages": ["Initialized"], "lasts_s": 60}
    assert told["ptz"] == {
        "status": "MOVING",
        "names": ["Cổng"],
        "left": [],
        "presets": 32,
        "timeout_s": 10,
        "longest_s": 60,
    }
