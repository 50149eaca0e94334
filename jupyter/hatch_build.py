"""Puts the renderer for JupyterLab into the wheel, if scripts/build-jupyter.mjs has built it: Dask alone does without."""

from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class LabExtension(BuildHookInterface):
    def initialize(self, version, build_data):
        built = Path(self.root, "labextension", "dist")
        if built.is_dir():
            build_data["shared_data"][str(built)] = "share/jupyter/labextensions/zarrscope"
        else:
            self.app.display_warning("without notebooks: scripts/build-jupyter.mjs builds what they need")
