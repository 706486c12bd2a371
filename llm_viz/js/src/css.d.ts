// A stylesheet is bundled as its text (see bundle.mjs).
declare module "*.css" {
  const text: string;
  export default text;
}
