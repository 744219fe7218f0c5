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

export const ShieldIcon = () => (
  <Icon>
    <path d="M10 2.5 16 5v4.5c0 4-2.6 6.6-6 8-3.4-1.4-6-4-6-8V5ZM7.4 10l1.9 1.9 3.4-3.8" />
  </Icon>
);

export const LogoIcon = () => (
  <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <rect class="logo-ground" width="32" height="32" rx="8" />
    <path class="logo-lines" d="M8 10h12M8 16h7M8 22h9" />
    <path class="logo-cross" d="M23 14.5v9M18.5 19h9" />
  </svg>
);
