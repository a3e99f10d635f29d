//! Where keys hold.

/// Where keys hold: what has the focus, from the most special to the whole program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// Everywhere.
    Global,
    /// Lists of any kind.
    List,
    /// What a list is filtered by, while it is typed.
    Filter,
    /// The list of projects.
    Projects,
    /// A project.
    Project,
    /// A source.
    Source,
    /// A table of values.
    Table,
    /// The history of a canvas.
    History,
    /// A canvas of the history.
    Revision,
    /// A canvas.
    Canvas,
    /// A canvas whose changes may be saved.
    Editor,
    /// A block that is found by what it is called, while that is typed.
    Find,
    /// Letters on the blocks, one of which is typed.
    Jumping,
    /// A block that is being moved.
    Moving,
    /// A block whose size is being changed.
    Sizing,
    /// One block on the whole screen.
    Zoom,
    /// A chart on the whole screen.
    Chart,
    /// A panel of fields.
    Form,
    /// A field of several lines in such a panel.
    Lines,
    /// A list in front of the screen.
    Choice,
    /// What to add to a canvas.
    Picker,
    /// The parameters that a canvas has.
    Definitions,
    /// Two changes to the same.
    Conflict,
    /// The commands that were noted, and the messages.
    Log,
    /// The keys.
    Help,
    /// A question with a yes and a no, where Enter is a yes.
    Question,
    /// A question whose yes loses something, where Enter is a no.
    Caution,
    /// What comes of a text that was refused.
    Refused,
    /// A line to type.
    Prompt,
    /// A prompt or a question whose answer is on its way.
    Sending,
    /// The palette.
    Palette,
    /// Before a server has answered.
    Start,
    /// Signing in.
    SignIn,
    /// Whether there is an account.
    Account,
    /// Uploading a file.
    Upload,
    /// The servers that are known.
    Servers,
}

impl Context {
    /// Every context, in the order of the help.
    pub const ALL: [Self; 36] = [
        Self::Find,
        Self::Jumping,
        Self::Moving,
        Self::Sizing,
        Self::Chart,
        Self::Table,
        Self::Zoom,
        Self::Lines,
        Self::Form,
        Self::Upload,
        Self::Start,
        Self::Account,
        Self::SignIn,
        Self::Servers,
        Self::Prompt,
        Self::Sending,
        Self::Palette,
        Self::Picker,
        Self::Definitions,
        Self::Conflict,
        Self::Log,
        Self::Help,
        Self::Question,
        Self::Caution,
        Self::Refused,
        Self::Choice,
        Self::Revision,
        Self::Editor,
        Self::Canvas,
        Self::History,
        Self::Source,
        Self::Project,
        Self::Projects,
        Self::Filter,
        Self::List,
        Self::Global,
    ];

    /// Its name in the keymap file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::List => "list",
            Self::Filter => "filter",
            Self::Projects => "projects",
            Self::Project => "project",
            Self::Source => "source",
            Self::Table => "table",
            Self::History => "history",
            Self::Revision => "revision",
            Self::Canvas => "canvas",
            Self::Editor => "editor",
            Self::Find => "find",
            Self::Jumping => "jumping",
            Self::Moving => "moving",
            Self::Sizing => "sizing",
            Self::Zoom => "zoom",
            Self::Chart => "chart",
            Self::Form => "form",
            Self::Lines => "lines",
            Self::Choice => "choice",
            Self::Picker => "picker",
            Self::Definitions => "parameters",
            Self::Conflict => "conflict",
            Self::Log => "log",
            Self::Help => "help",
            Self::Question => "question",
            Self::Caution => "caution",
            Self::Refused => "refused",
            Self::Prompt => "prompt",
            Self::Sending => "sending",
            Self::Palette => "palette",
            Self::Start => "start",
            Self::SignIn => "sign-in",
            Self::Account => "account",
            Self::Upload => "upload",
            Self::Servers => "servers",
        }
    }

    /// What the help puts above its keys.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Global => "Everywhere",
            Self::List | Self::Choice => "In the list",
            Self::Filter => "The filter",
            Self::Find => "The search",
            Self::Projects => "Projects",
            Self::Project => "The project",
            Self::Source => "The source",
            Self::Table => "In the table",
            Self::History => "Revisions",
            Self::Revision => "The revision",
            Self::Canvas => "Looking at the canvas",
            Self::Editor => "Changing the canvas",
            Self::Zoom => "The block",
            Self::Chart => "Reading the chart",
            Self::Lines => "The text",
            Self::Form | Self::Upload | Self::SignIn => "The fields",
            _ => "Here",
        }
    }

    /// Where somebody has to be for its commands; `None` for those of panels that open by themselves.
    pub const fn place(self) -> Option<&'static str> {
        Some(match self {
            Self::Projects => "among the projects",
            Self::Project => "in a project",
            Self::Source => "on a source",
            Self::Table => "in a table",
            Self::History => "in a history",
            Self::Revision => "on a revision's preview",
            Self::Canvas | Self::Editor => "on a canvas",
            Self::Zoom => "on a zoomed block",
            Self::Chart => "on a zoomed chart",
            Self::List => "in a list",
            Self::Definitions => "among the parameters",
            Self::Conflict => "in a conflict",
            Self::Log => "in the log",
            Self::Picker => "while adding a block",
            Self::Start => "before signing in",
            Self::Servers => "among the servers",
            Self::Global => "outside of panels",
            _ => return None,
        })
    }

    /// Whether it is a question, which shows its answers itself.
    pub const fn is_question(self) -> bool {
        matches!(self, Self::Question | Self::Caution | Self::Refused)
    }

    /// Whether letters are text there.
    pub const fn is_typed(self) -> bool {
        matches!(
            self,
            Self::Form
                | Self::Upload
                | Self::SignIn
                | Self::Prompt
                | Self::Palette
                | Self::Filter
                | Self::Find
        )
    }
}
