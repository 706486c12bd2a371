// A stylesheet is imported for its effect: it is bundled beside the script (see bundle.mjs).
declare module "*.css";
