//! How the terminal canvas is started, wherever it is: one set of flags for `impala tui`, `impala open`, `impala demo` and
//! `impala-tui`.

use std::path::{Path, PathBuf};

use impala_render::Ink;

use crate::graphics::Graphics;
use crate::screens::Target;
use crate::setup::{Setup, Theme};

/// Flags of everything that ends in the terminal canvas.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Terminal canvas")]
pub struct Flags {
    /// Change nothing, whatever the account may do
    #[arg(long)]
    read_only: bool,
    /// Colors for a dark or a light terminal; auto asks it
    #[arg(long, value_name = "THEME", value_enum, default_value_t, hide_default_value = true)]
    theme: Theme,
    /// Show charts as pictures where the terminal can: auto asks it, off draws them in characters
    #[arg(long, value_name = "WAY", value_enum, default_value_t, hide_default_value = true)]
    graphics: Graphics,
    /// Draw with ASCII only
    #[arg(long)]
    ascii: bool,
    /// Leave the mouse to the terminal, which then selects text with it
    #[arg(long)]
    no_mouse: bool,
    /// File of keys
    #[arg(long, value_name = "FILE")]
    keymap: Option<PathBuf>,
}

impl Flags {
    /// Whether only ASCII may be drawn.
    pub fn is_ascii(&self) -> bool {
        self.ascii
    }

    /// A setup that opens `target` in these colors.
    ///
    /// * `folder`: where `keys.toml` is, if there is one.
    pub fn setup(self, target: Target, ink: Ink, folder: &Path) -> Setup {
        let is_off =
            std::env::var("IMPALA_MOUSE").is_ok_and(|value| matches!(value.as_str(), "off" | "0" | "false"));
        let usual = Some(folder.join("keys.toml")).filter(|path| path.exists());
        Setup {
            target,
            theme: self.theme,
            ink,
            graphics: self.graphics,
            is_ascii: self.ascii,
            has_mouse: !self.no_mouse && !is_off,
            is_read_only: self.read_only,
            keymap: self.keymap.or(usual),
            notes: Vec::new(),
            passing: None,
            leaves_from_target: false,
        }
    }
}
