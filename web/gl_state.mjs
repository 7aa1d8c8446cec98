// Dear ImGui's renderer asks WebGL for some twenty states in every frame, to put them back behind
// itself. Each question waits until the frame before has been drawn: with a software renderer that
// was most of a frame. Nobody else draws on this canvas, so the first answers will do for ever.
export function remember_states(gl) {
  for (const question of ["getParameter", "isEnabled"]) {
    const ask = gl[question].bind(gl);
    const answers = new Map();
    gl[question] = (name) => {
      if (!answers.has(name)) answers.set(name, ask(name));
      return answers.get(name);
    };
  }
}
