// When the front end's frames are made. For input they are drawn at the display's rate. What
// happens by itself is followed at once, but drawn rarely enough to leave the processor to the
// work: without a graphics card, drawing takes as much of it as restoring does.
const between_ms = [50, 500]; // frames that nobody asked for: so far apart, at least and at most,
const idle_share = 4; // and this many times as far as one of them takes
const followed_ms = 16; // what happens by itself is followed this often at most
const lively_ms = 400; // after the last input
const settling_frames = 3; // drawn after the last change, until everything is at rest

export class Frames {
  #gl;
  #make;
  #left = 0;
  #pending = null; // {timer} of a frame that waits, {} of one that has been asked for
  #following = false;
  #followed = -Infinity;
  #last_input = -Infinity;
  #last = -Infinity;
  #under_way = 0; // given to the process that draws
  #cost_ms = 0; // until one was on the canvas
  #stopped = false;

  // make(ms, drawn): makes a frame, on the canvas of `gl` or, for its consequences alone, not
  // drawn; 0 when there is no more to be drawn without input, 1 while there is, 2 while that should
  // come as soon as for input.
  constructor(gl, make) {
    this.#gl = gl;
    this.#make = make;
  }

  // For input.
  soon() {
    this.#last_input = performance.now();
    this.#left = settling_frames;
    this.#ask();
  }

  // For good: no frame is made any more.
  stop() {
    this.#stopped = true;
  }

  // For events of the work; `at_once` for what someone waits for.
  later(at_once = false) {
    this.#left = settling_frames;
    if (at_once) this.#last = -Infinity;
    this.#ask();
    if (this.#following) return;
    this.#following = true;
    setTimeout(
      () => {
        this.#following = false;
        this.#followed = performance.now();
        if (!this.#stopped) this.#make(this.#followed, false);
      },
      Math.max(0, this.#followed + followed_ms - performance.now()),
    );
  }

  #ask() {
    const now = performance.now();
    const lively = now - this.#last_input < lively_ms || this.#last === -Infinity;
    if (!lively && this.#under_way > 0) return; // asked again when it is there
    const [least, most] = between_ms;
    const between = Math.min(Math.max(least, idle_share * this.#cost_ms), most);
    const wait = lively ? 0 : this.#last + between - now;
    if (this.#pending?.timer && wait <= 0) clearTimeout(this.#pending.timer);
    else if (this.#pending) return;
    const ask = () => {
      this.#pending = {};
      requestAnimationFrame((ms) => this.#draw(ms));
    };
    if (wait > 0) this.#pending = { timer: setTimeout(ask, wait) };
    else ask();
  }

  #draw(ms) {
    this.#pending = null;
    if (this.#stopped) return;
    this.#last = performance.now();
    const more = this.#make(ms, true);
    this.#time();
    if (more === 2) this.#last_input = performance.now();
    this.#left = more > 0 ? settling_frames : this.#left - 1;
    if (this.#left > 0) this.#ask();
  }

  // Asks without waiting: another process draws.
  #time() {
    const gl = this.#gl;
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    if (!fence) return; // the context is lost
    gl.flush();
    const start = this.#last;
    const look = () => {
      if (gl.getSyncParameter(fence, gl.SYNC_STATUS) === gl.UNSIGNALED && !gl.isContextLost()) {
        return setTimeout(look, 4);
      }
      gl.deleteSync(fence);
      this.#cost_ms = performance.now() - start;
      if (--this.#under_way === 0 && this.#left > 0) this.#ask();
    };
    ++this.#under_way;
    setTimeout(look);
  }
}
