//! What keys and the palette ask for.

/// Gives commands their names for the keymap file.
macro_rules! commands {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// All that a key or the palette can ask for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Command { $($(#[$doc])* $variant,)* }

        impl Command {
            /// Every command.
            #[cfg(test)]
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name in the keymap file.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

commands! {
    Help = "help",
    Palette = "palette",
    Log = "log",
    Messages = "messages",
    Leave = "leave",
    Quit = "quit",
    Cancel = "cancel",
    Refresh = "refresh",
    Redraw = "redraw",
    Suspend = "suspend",
    ToggleMouse = "toggle-mouse",
    ToggleTheme = "toggle-theme",
    SignOut = "sign-out",
    SwitchServer = "switch-server",
    Up = "up",
    Down = "down",
    Left = "left",
    Right = "right",
    PageUp = "page-up",
    PageDown = "page-down",
    First = "first",
    Last = "last",
    Accept = "accept",
    Search = "search",
    NextTab = "next-tab",
    PreviousTab = "previous-tab",
    New = "new",
    Delete = "delete",
    Upload = "upload",
    SkipBadRows = "skip-bad-rows",
    RollBack = "roll-back",
    Restore = "restore",
    History = "history",
    ToProject = "to-project",
    ToSource = "to-source",
    Propose = "propose",
    Next = "next",
    Previous = "previous",
    Jump = "jump",
    Move = "move",
    Size = "size",
    Add = "add",
    Edit = "edit",
    EditYaml = "edit-yaml",
    EditCanvasYaml = "edit-canvas-yaml",
    EditHeading = "edit-title",
    DefineParameters = "define-parameters",
    Duplicate = "duplicate",
    Copy = "copy",
    Paste = "paste",
    Undo = "undo",
    Redo = "redo",
    Zoom = "zoom",
    Parameters = "parameters",
    Provenance = "provenance",
    Save = "save",
    Compact = "compact",
    ScrollUp = "scroll-up",
    ScrollDown = "scroll-down",
    Sort = "sort",
    CopyCell = "copy-cell",
    CopyRow = "copy-row",
    CopyColumn = "copy-column",
    CopyAll = "copy-all",
    Turn = "turn",
    SignIn = "sign-in",
    NextMatch = "next-match",
    PreviousMatch = "previous-match",
    SetParameter = "set-parameter",
    Complete = "complete",
    KeepMine = "keep-mine",
    TakeTheirs = "take-theirs",
}
