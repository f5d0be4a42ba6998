"""Greedy answers by transformers, from the very file the engine reads.

    pip install torch transformers accelerate gguf
    python make_greedy.py MODEL.gguf OUT.json

The weights are unpacked as they stand in the file and computed with in f32, so
that nothing is rounded on the way. For every conversation: the ids of the prompt,
the tokens that follow, and by how much the best score led at each step (in nats),
so that a tie that rounding turns can be told from an error. For llm_greedy.rs.
"""

import json
import os
import sys

import torch
from tokenizers.pre_tokenizers import ByteLevel, Digits, Sequence
from transformers import AutoModelForCausalLM, AutoTokenizer

TOKENS = 32


def system(content):
    return {"role": "system", "content": content}


def user(content):
    return {"role": "user", "content": content}


def assistant(content):
    return {"role": "assistant", "content": content}


# As the companion puts it; without one, the model's template brings its own.
BELLA = system("You are a helpful AI assistant. Your name is Bella. Answer in plain English.")
CONVERSATIONS = [
    [BELLA, user("Why is the sky blue?")],
    [BELLA, user("Tell me a short story about a lighthouse keeper.")],
    [BELLA, user("What should I cook tonight with eggs, rice and two tomatoes?")],
    [user("How do I remove a red wine stain from a cotton shirt?")],
    [BELLA, user("I can't fall asleep. What can I do?")],
    [user("Explain how a bicycle stays upright.")],
    [BELLA, user("Write a friendly note to my neighbour, thanking her for watering the plants.")],
    [user("My train leaves at 14:35 and the walk to the station takes 20 minutes. When should I leave, and why?")],
    [
        BELLA,
        user("Which books about the sea are worth reading?"),
        assistant("Moby-Dick by Herman Melville, and The Old Man and the Sea by Ernest Hemingway."),
        user("What is it about, the second one? Tell me the whole story."),
    ],
    [user("Write a Python function that counts how often each word appears in a text.")],
]


def original(path):
    folder, file = os.path.split(os.path.abspath(path))
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=file)
    # The published tokenizer takes digits one by one, which the loader leaves out.
    backend = tokenizer.backend_tokenizer
    backend.pre_tokenizer = Sequence([Digits(individual_digits=True), ByteLevel(add_prefix_space=False)])
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=file, dtype=torch.float32)
    return tokenizer, model.eval()


def answer(tokenizer, model, messages):
    prompt = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    ids = tokenizer(prompt, add_special_tokens=False, return_tensors="pt")
    made = model.generate(
        **ids,
        do_sample=False,
        repetition_penalty=1.0,
        max_new_tokens=TOKENS,
        return_dict_in_generate=True,
        output_logits=True,
    )
    prompt_ids = ids["input_ids"][0].tolist()
    greedy = made.sequences[0, len(prompt_ids):].tolist()
    assert len(greedy) == TOKENS, f"{messages[-1]['content']!r} is answered in {len(greedy)} tokens"
    best = [torch.topk(logits[0], 2) for logits in made.logits]
    assert greedy == [int(two.indices[0]) for two in best], "something but the scores had a say"
    return {
        "messages": messages,
        "ids": prompt_ids,
        "greedy": greedy,
        "text": tokenizer.decode(greedy),
        "leads": [round(float(two.values[0] - two.values[1]), 4) for two in best],
    }


path, out = sys.argv[1:]
tokenizer, model = original(path)
rows = [answer(tokenizer, model, messages) for messages in CONVERSATIONS]
with open(out, "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n")
