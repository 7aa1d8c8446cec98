// One tile of a picture: a rectangle of two triangles, without vertex data.
uniform vec4 u_place;   // left, top, right, bottom in clip space

out vec2 v_at;          // in the tile, 0..1, its first row on top

void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  v_at = corner;
  gl_Position = vec4(mix(u_place.xy, u_place.zw, corner), 0.0, 1.0);
}
