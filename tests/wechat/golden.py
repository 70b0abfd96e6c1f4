"""Values that others made: WeChat's own pages and wechatpy."""

import json
from pathlib import Path
from typing import Any

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parent / "vectors.json").read_text(encoding="utf-8")
)
AES: dict[str, dict[str, Any]] = {
    vector["name"]: vector for vector in VECTORS["wechatpy_aes"]
}
KEY = AES["scan"]["encoding_aes_key"]
APP_ID = AES["scan"]["appid"]
TOKEN = AES["scan"]["token"]
