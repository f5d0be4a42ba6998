// Greedy continuations and token ids by llama.cpp itself, for llm_goldens.rs.
//
//   npm install node-llama-cpp@3 --ignore-scripts     (brings llama.cpp's own binary)
//   node make_llama.mjs MODEL.gguf OUT.json
//
// Control tokens are recognised, as in text that a chat template made. For every
// prompt: its ids (with the mark a model wants before any text), 64 greedy tokens,
// and at each step how far the best score lay before the second best (in nats of
// log-probability), so that a difference in a later token can be told apart from a
// rounding tie.
import { writeFileSync } from "node:fs";
import { getLlama, LlamaLogLevel } from "node-llama-cpp";

const [modelPath, out] = process.argv.slice(2);
const PROMPTS = [
  "Once upon a time, in a small village by the sea,",
  "대한민국의 수도는",
  "def fibonacci(n):\n",
  "1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377,",
  "<|im_start|>system\nYou are a helpful assistant.\n\n# Tools\n\n<tools>\n" +
    '{"type": "function", "function": {"name": "set_light", "description": "Switch a light.", ' +
    '"parameters": {"type": "object", "properties": {"room": {"type": "string"}, "on": {"type": "boolean"}}, ' +
    '"required": ["room", "on"]}}}\n</tools>\n\nAnswer with {"name": ..., "arguments": ...}.<|im_end|>\n' +
    "<|im_start|>user\nTurn on the light in the kitchen.<|im_end|>\n<|im_start|>assistant\n",
];
const CORPUS = [
  "Hello, world!", "안녕하세요, 벨라예요.", "뷁 쀍 힣 ㄱㄴㄷ ㅏㅑ", "👋🏽👨‍👩‍👧‍👦🇰🇷", "3.14159 20260401 1,000,000",
  "  leading and   inner   spaces  ", "\t\ttabs\n\n\nbreaks\r\n", "fn main() { println!(\"{}\", 1 << 8); }",
  "don't I'LL we've", "naïve café — “quotes” … ½ ﬁ", "한글English混在カナ", "\u200b\u00a0\u3000", "a", "", "!!!???...---",
  "\u1112\u1161\u11ab\u1100\u1173\u11af e\u0301 a\u030a", "🏳️‍🌈🧑🏿‍🚀 ❤️", "٣٤٥ ४५६ １２３ 12345678901234567890",
  "\n \n\t \n  x", "a" + " ".repeat(40) + "b", "if (a != b) {\n        return x[i]--;\n    }\n",
  "<|im_start|>user\n<|im_end|> <|endoftext|><bos><start_of_turn>model <end_of_turn>", "<0x0A><unk>",
  "ㅋㅋㅋㅋ ㅠㅠ 그니까아아~~", "https://example.org/?q=한국어&n=1#top", "العربية עברית ไทย हिन्दी", "A".repeat(70),
];

const llama = await getLlama({ gpu: false, logLevel: LlamaLogLevel.error, build: "never" });
const model = await llama.loadModel({ modelPath });
const context = await model.createContext({ contextSize: 512, threads: 1 });
const sequence = context.getSequence();
const result = { prompts: [], corpus: [] };
// The original tokenizer of Qwen composes letters first; llama.cpp leaves that out.
const composes = model.fileInfo.metadata.tokenizer.ggml.pre === "qwen2";
for (const text of CORPUS) {
  const composed = composes ? text.normalize("NFC") : text;
  const ids = [...model.tokenize(composed, true)];
  result.corpus.push(composed === text ? { text, ids } : { text, composed, ids });
}
for (const prompt of PROMPTS) {
  await sequence.clearHistory();
  const ids = [...model.tokenize(prompt, true)];
  if (model.tokens.shouldPrependBosToken) ids.unshift(model.tokens.bos);
  const greedy = [];
  const margins = [];
  const steps = sequence.evaluateWithMetadata(ids, { probabilities: true }, { temperature: 0, yieldEogToken: true });
  for await (const { token, probabilities } of steps) {
    const [best, second] = [...probabilities.values()].sort((a, b) => b - a);
    greedy.push(token);
    margins.push(Number(Math.log(best / second).toFixed(4)));
    if (greedy.length === 64) break;
  }
  result.prompts.push({ prompt, ids, greedy, margins });
}
const lines = (rows) => rows.map((row) => "  " + JSON.stringify(row)).join(",\n");
writeFileSync(out, `{"corpus": [\n${lines(result.corpus)}\n], "prompts": [\n${lines(result.prompts)}\n]}\n`);
