import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules/", "build/"] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: [
          "tsconfig.json",
          "tsconfig.worker.json",
          "tsconfig.service-worker.json",
          "tsconfig.node.json",
          "tsconfig.bench.json",
        ],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
      eqeqeq: "error",
    },
  },
  {
    files: ["**/*.tsx"],
    plugins: { "react-hooks": reactHooks },
    rules: reactHooks.configs.recommended.rules,
  },
  // The test runner's mocks are async by contract without awaiting anything themselves.
  { files: ["test/**"], rules: { "@typescript-eslint/require-await": "off" } },
  { files: ["**/*.js"], ...tseslint.configs.disableTypeChecked },
);
