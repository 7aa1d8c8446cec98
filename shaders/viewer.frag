// One version of a picture left of a line and another right of it, or how far two are apart.
uniform sampler2D u_left;
uniform sampler2D u_right;
uniform float u_split;  // of the framebuffer, in pixels from its left
uniform float u_gain;   // of the error map; 0: the pictures themselves

in vec2 v_left;
in vec2 v_right;
out vec4 color;

// Nothing is dark blue, then teal, amber, white: each brighter than the one before.
vec3 error_color(float error) {
  vec3 low = mix(vec3(0.04, 0.06, 0.10), vec3(0.08, 0.45, 0.52), smoothstep(0.0, 0.4, error));
  vec3 high = mix(vec3(0.93, 0.66, 0.30), vec3(1.0, 0.98, 0.92), smoothstep(0.7, 1.0, error));
  return mix(low, high, smoothstep(0.3, 0.75, error));
}

void main() {
  vec3 left = texture(u_left, v_left).rgb;
  vec3 right = texture(u_right, v_right).rgb;
  if (u_gain > 0.0) {
    vec3 difference = abs(left - right);
    float error = (difference.r + difference.g + difference.b) / 3.0;
    color = vec4(error_color(min(error * u_gain, 1.0)), 1.0);
  } else {
    color = vec4(gl_FragCoord.x < u_split ? left : right, 1.0);
  }
}
