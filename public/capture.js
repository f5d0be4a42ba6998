// Takes in the microphone's sound, in the browser's thread for audio: mixes its
// channels to one, gathers it into pieces of a few hundredths of a second at the
// device's own rate, and says how loud each is. What becomes of them is the page's
// to say (src/browser/page/microphone.rs); any message from there ends this.

/** As long as a frame of the model that hears voices begin. */
const PIECE_SECONDS = 0.032;

class Capture extends AudioWorkletProcessor {
  #length = Math.max(1, Math.round(sampleRate * PIECE_SECONDS));
  #samples = new Float32Array(this.#length);
  #filled = 0;
  #energy = 0;
  #peak = 0;
  #isOver = false;

  constructor() {
    super();
    this.port.onmessage = () => { this.#isOver = true; };
  }

  process([channels]) {
    if (this.#isOver) return false;
    // No channels, no source: silence that nobody heard is not made up.
    const count = channels.length;
    const frames = count && channels[0].length;
    for (let at = 0; at < frames; at++) {
      let sum = 0;
      for (let channel = 0; channel < count; channel++) sum += channels[channel][at];
      this.#take(sum / count);
    }
    return true;
  }

  #take(sample) {
    this.#samples[this.#filled++] = sample;
    this.#energy += sample * sample;
    this.#peak = Math.max(this.#peak, Math.abs(sample));
    if (this.#filled === this.#length) this.#handOver();
  }

  #handOver() {
    const level = Math.sqrt(this.#energy / this.#length);
    const piece = { samples: this.#samples, level, peak: this.#peak };
    this.port.postMessage(piece, [this.#samples.buffer]);
    this.#samples = new Float32Array(this.#length);
    this.#filled = this.#energy = this.#peak = 0;
  }
}

registerProcessor("bella-capture", Capture);
