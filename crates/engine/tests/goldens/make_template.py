"""Prompts with tools, as transformers renders a model's own template.

    python make_template.py MODEL.gguf OUT.json

needs transformers, jinja2 and gguf.
"""

import json
import sys

from gguf import GGUFReader
from transformers.utils.chat_template_utils import render_jinja_template

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "set_light",
            "description": "Switch a room's light on or off; <b>never</b> the oven's & co.",
            "parameters": {
                "type": "object",
                "properties": {
                    "room": {"type": "string", "enum": ["거실", "kitchen"]},
                    "on": {"type": "boolean"},
                    "brightness": {"type": "number", "minimum": 0.5, "default": None},
                },
                "required": ["room", "on"],
            },
        },
    },
    {"type": "function", "function": {"name": "time_now", "description": "", "parameters": {}}},
]


def message(role, content):
    return {"role": role, "content": content}


CASES = [
    ([message("user", "거실 불 켜 줘")], None),
    ([message("system", "You are Bella."), message("user", "Hello!")], None),
    ([message("user", "거실 불 켜 줘")], TOOLS),
    ([message("system", "You are Bella.\nBe kind."), message("user", "Lights!")], TOOLS),
    (
        [
            message("system", "You are Bella."),
            message("user", "Lights, and what time is it?"),
            message("assistant", '<tool_call>\n{"name": "time_now", "arguments": {}}\n</tool_call>'),
            message("tool", '{"time": "12:30"}'),
            message("tool", '{"light": "on"}'),
            message("assistant", "It is half past twelve."),
            message("user", "고마워 👋🏽"),
        ],
        TOOLS,
    ),
]

path, out = sys.argv[1:]
template = GGUFReader(path).fields["tokenizer.chat_template"].contents()
rows = []
for messages, tools in CASES:
    texts, _ = render_jinja_template([messages], tools=tools, chat_template=template, add_generation_prompt=True)
    rows.append(json.dumps({"messages": messages, "tools": tools, "text": texts[0]}, ensure_ascii=False))
with open(out, "w") as file:
    file.write("[\n" + ",\n".join(rows) + "\n]\n")
