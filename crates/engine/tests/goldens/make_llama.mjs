// Greedy continuations and token ids by llama.cpp itself, for llm_goldens.rs.
//
//   npm install node-llama-cpp@3 --ignore-scripts     (brings llama.cpp's own binary)
//   node make_llama.mjs MODEL.gguf OUT.json
//
// For every prompt: its ids, 64 greedy tokens, and at each step how far the best
// score lay before the second best (in nats of log-probability), so that a
// difference in a later token can be told apart from a rounding tie.
import { writeFileSync } from "node:fs";
import { getLlama, LlamaLogLevel } from "node-llama-cpp";

const [modelPath, out] = process.argv.slice(2);
const PROMPTS = [
  "The capital of France is",
  "Once upon a time, in a small village by the sea,",
  "def fibonacci(n):\n",
  "Water boils at 100 degrees Celsius because",
  "대한민국의 수도는",
];
const CORPUS = [
  "Hello, world!", "안녕하세요, 벨라예요.", "뷁 쀍 힣 ㄱㄴㄷ ㅏㅑ", "👋🏽👨‍👩‍👧‍👦🇰🇷", "3.14159 20260401 1,000,000",
  "  leading and   inner   spaces  ", "\t\ttabs\n\n\nbreaks\r\n", "fn main() { println!(\"{}\", 1 << 8); }",
  "don't I'LL we've", "naïve café — “quotes” … ½ ﬁ", "한글English混在カナ", "\u200b\u00a0\u3000", "a", "", "!!!???...---",
];

const llama = await getLlama({ gpu: false, logLevel: LlamaLogLevel.error, build: "never" });
const model = await llama.loadModel({ modelPath });
const context = await model.createContext({ contextSize: 512, threads: 2 });
const sequence = context.getSequence();
const result = { prompts: [], corpus: [] };
for (const text of CORPUS) result.corpus.push({ text, ids: [...model.tokenize(text, false)] });
for (const prompt of PROMPTS) {
  await sequence.clearHistory();
  const ids = [...model.tokenize(prompt, false)];
  const greedy = [];
  const margins = [];
  const steps = sequence.evaluateWithMetadata(ids, { probabilities: true }, { temperature: 0 });
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
