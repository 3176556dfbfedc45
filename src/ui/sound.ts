let context: AudioContext | undefined;

/** Two notes up for what is taken, one low note for what is not. A machine without sound stays silent. */
export function playTone(kind: "accept" | "reject"): void {
  try {
    context ??= new AudioContext();
    const notes = kind === "accept" ? [880, 1320] : [196];
    const length = kind === "accept" ? 0.09 : 0.4;
    notes.forEach((frequency, index) => {
      if (context !== undefined) play(context, frequency, index * length, length);
    });
  } catch {
    // The word and the icon say it as well.
  }
}

function play(audio: AudioContext, frequency: number, after: number, length: number): void {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = frequency;
  tone.type = frequency < 300 ? "square" : "sine";
  volume.gain.value = 0.15;
  tone.connect(volume).connect(audio.destination);
  tone.start(audio.currentTime + after);
  tone.stop(audio.currentTime + after + length);
}
