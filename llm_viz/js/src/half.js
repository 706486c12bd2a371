/** Half-precision floats, which JavaScript engines cannot all read themselves yet. */

const EXACT = new Float32Array(1);
const BITS = new Uint32Array(EXACT.buffer);

/**
 * @param {Uint16Array} halves the bits of each half
 * @returns {Float32Array} the same numbers; every half is exact in 32 bits
 */
export function halvesToFloats(halves) {
  const floats = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) floats[i] = halfToFloat(halves[i]);
  return floats;
}

/**
 * @param {number} half 16 bits: sign, 5 of exponent, 10 of fraction
 */
function halfToFloat(half) {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24; // subnormal, or zero
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  BITS[0] = ((half & 0x8000) << 16) | ((exponent + 112) << 23) | (fraction << 13);
  return EXACT[0];
}
