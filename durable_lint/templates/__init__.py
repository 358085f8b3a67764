"""What a SAM or CloudFormation template says: its functions, who refers to them, and where."""
