"""A Beam worker that a TaskManager starts as a process: `worker.py --id=ID --provision_endpoint=HOST:PORT`.

Beam includes such a program only in its container images.
"""

import argparse
import os

import grpc
from apache_beam.portability.api import beam_provision_api_pb2 as api
from apache_beam.portability.api import beam_provision_api_pb2_grpc as stubs
from apache_beam.runners.worker import sdk_worker_main
from google.protobuf.json_format import MessageToJson


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--id")
    parser.add_argument("--provision_endpoint")
    given = parser.parse_args()
    info = provisioned(given.provision_endpoint, given.id)
    os.environ["WORKER_ID"] = given.id
    os.environ["CONTROL_API_SERVICE_DESCRIPTOR"] = f'url: "{info.control_endpoint.url}"'
    os.environ["LOGGING_API_SERVICE_DESCRIPTOR"] = f'url: "{info.logging_endpoint.url}"'
    os.environ["PIPELINE_OPTIONS"] = MessageToJson(info.pipeline_options)
    os.environ["RUNNER_CAPABILITIES"] = " ".join(info.runner_capabilities)
    sdk_worker_main.main([])


def provisioned(endpoint: str, worker: str) -> api.ProvisionInfo:
    """Ask the TaskManager for the addresses of its services and for the options of the pipeline."""
    with grpc.insecure_channel(endpoint) as channel:
        stub = stubs.ProvisionServiceStub(channel)
        return stub.GetProvisionInfo(api.GetProvisionInfoRequest(), metadata=[("worker_id", worker)]).info


if __name__ == "__main__":
    main()
