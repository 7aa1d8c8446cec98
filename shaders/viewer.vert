// One tile of a picture: a rectangle of two triangles, without vertex data.
uniform vec4 u_place;       // left, top, right, bottom in clip space
uniform vec4 u_left_part;   // the same in the textures
uniform vec4 u_right_part;

out vec2 v_left;
out vec2 v_right;

void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  v_left = mix(u_left_part.xy, u_left_part.zw, corner);
  v_right = mix(u_right_part.xy, u_right_part.zw, corner);
  gl_Position = vec4(mix(u_place.xy, u_place.zw, corner), 0.0, 1.0);
}
