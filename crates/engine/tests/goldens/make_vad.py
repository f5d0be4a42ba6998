"""Golden of Silero's network: a probability for every frame of a recording, by
plain numpy and the published weights.

    python make_vad.py CLIP.wav silero_vad_16k.safetensors > vad.json
"""

import json
import sys
import wave

import numpy as np
from safetensors.numpy import load_file


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def convolve(x, weight, bias, stride):
    padded = np.pad(x, ((0, 0), (1, 1)))
    seen = np.lib.stride_tricks.sliding_window_view(padded, 3, axis=1)[:, ::stride]
    return np.maximum(np.einsum("itk,oik->ot", seen, weight) + bias[:, None], 0)


def frame_probabilities(samples, weights):
    hidden = cell = np.zeros(128, "f4")
    samples = np.pad(samples, (64, -len(samples) % 512))
    for start in range(64, len(samples), 512):
        mirrored = np.pad(samples[start - 64 : start + 512], (0, 64), mode="reflect")
        windows = np.lib.stride_tricks.sliding_window_view(mirrored, 256)[::128]
        waves = windows @ weights["stft_conv.weight"][:, 0].T
        x = np.sqrt(waves[:, :129] ** 2 + waves[:, 129:] ** 2).T
        for name, stride in (("conv1", 1), ("conv2", 2), ("conv3", 2), ("conv4", 1)):
            x = convolve(x, weights[name + ".weight"], weights[name + ".bias"], stride)
        gates = weights["lstm_cell.weight_ih"] @ x[:, 0] + weights["lstm_cell.bias_ih"]
        gates = gates + weights["lstm_cell.weight_hh"] @ hidden + weights["lstm_cell.bias_hh"]
        entry, forget, candidate, out = np.split(gates, 4)
        cell = sigmoid(forget) * cell + sigmoid(entry) * np.tanh(candidate)
        hidden = sigmoid(out) * np.tanh(cell)
        heard = weights["final_conv.weight"][0, :, 0] @ np.maximum(hidden, 0)
        yield float(sigmoid(heard + weights["final_conv.bias"])[0])


clip, weights = sys.argv[1:3]
with wave.open(clip) as file:
    assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16000, 1, 2)
    samples = np.frombuffer(file.readframes(-1), "<i2").astype("f4") / 32768
json.dump([round(p, 5) for p in frame_probabilities(samples, load_file(weights))], sys.stdout)
