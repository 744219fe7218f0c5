/** Line icons of 20 units, drawn in the colour of the text; decoration for sighted users only. */
import type { ComponentChildren } from "preact";

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

export const WarningIcon = () => (
  <Icon>
    <path d="M10 3 18 17H2ZM10 8v4M10 14.4v.1" />
  </Icon>
);

export const CopyIcon = () => (
  <Icon>
    <path d="M7 7h10v10H7zM13 7V3H3v10h4" />
  </Icon>
);

export const CheckIcon = () => (
  <Icon>
    <path d="m4 10.5 4 4 8-9" />
  </Icon>
);

export const SaveIcon = () => (
  <Icon>
    <path d="M10 3v9m-4-4 4 4 4-4M3 13v4h14v-4" />
  </Icon>
);

export const SignIcon = () => (
  <Icon>
    <path d="m4 12 8.5-8.5 3 3L7 15l-4 1ZM10 17h7" />
  </Icon>
);

export const UndoIcon = () => (
  <Icon>
    <path d="M7 4 3 8l4 4M3 8h9a5 5 0 0 1 0 10H8" />
  </Icon>
);

export const RedoIcon = () => (
  <Icon>
    <path d="m13 4 4 4-4 4M17 8H8a5 5 0 0 0 0 10h4" />
  </Icon>
);

export const ShieldIcon = () => (
  <Icon>
    <path d="M10 2.5 16 5v4.5c0 4-2.6 6.6-6 8-3.4-1.4-6-4-6-8V5ZM7.4 10l1.9 1.9 3.4-3.8" />
  </Icon>
);

export const LockIcon = () => (
  <Icon>
    <path d="M4 9h12v8H4zM6.5 9V6.5a3.5 3.5 0 0 1 7 0V9" />
  </Icon>
);

export const FileIcon = () => (
  <Icon>
    <path d="M5 2.5h6.5L15.5 6.5v11H5zM11 2.5V7h4.5M10.2 15V9.8m-2.4 2.4 2.4-2.4 2.4 2.4" />
  </Icon>
);

export const MicrophoneIcon = () => (
  <Icon>
    <path d="M10 2.5a2.5 2.5 0 0 1 2.5 2.5v4.5a2.5 2.5 0 0 1-5 0V5A2.5 2.5 0 0 1 10 2.5ZM5 9.5a5 5 0 0 0 10 0M10 14.5v3M7.5 17.5h5" />
  </Icon>
);

export const SwapIcon = () => (
  <Icon>
    <path d="M4 7h12M13 4l3 3-3 3M16 13H4M7 10l-3 3 3 3" />
  </Icon>
);

export const LogoIcon = () => (
  <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <rect class="logo-ground" width="32" height="32" rx="8" />
    <path class="logo-lines" d="M8 10h12M8 16h7M8 22h9" />
    <path class="logo-cross" d="M23 14.5v9M18.5 19h9" />
  </svg>
);

export const AgainIcon = () => (
  <Icon>
    <path d="M16.5 10a6.5 6.5 0 1 1-2-4.7M15 2v3.6h-3.6" />
  </Icon>
);
